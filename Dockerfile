# Any image with Node.js 20 or later and npm will do: --build-arg BASE=...
ARG BASE=node:24-bookworm-slim

FROM ${BASE} AS build
WORKDIR /equipoise
COPY . .
# Where the packages are already here, none is fetched.
RUN [ -d node_modules ] || npm ci --ignore-scripts
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM ${BASE}
ENV NODE_ENV=production
WORKDIR /equipoise
COPY --from=build /equipoise/package.json ./
COPY --from=build /equipoise/node_modules node_modules
COPY --from=build /equipoise/dist dist
COPY --from=build /equipoise/dashboards/prometheus dashboards/prometheus
# Nobody in particular; no file of the image is theirs to change.
USER 65532:65532
ENTRYPOINT ["node"]
CMD ["dist/cli/main.js", "--help"]
