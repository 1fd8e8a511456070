/**
 * What servers that several dispatchers share tell these of their queues: every change of its length; when they become idle, to one
 * random dispatcher or to all, and when they no longer are; or nothing.
 */
export const NEWS = ["queue-lengths", "idle-to-one", "idle-to-all", "none"] as const;
export type News = (typeof NEWS)[number];
