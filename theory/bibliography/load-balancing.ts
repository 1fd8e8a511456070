import type { Publication } from "./publication.js";

/** The five papers that the scenarios are about, and others on load balancing and mean fields. */
export const loadBalancing = {
  "Adan, van Houtum and van der Wal (1994)": {
    title: "Upper and lower bounds for the waiting time in the symmetric shortest queue system",
    venue: "Annals of Operations Research 48, 197-217",
  },
  "Allmeier and Gast (2022)": {
    title: "Mean field and refined mean field approximations for heterogeneous systems: it works!",
    venue: "Proceedings of the ACM on Measurement and Analysis of Computing Systems 6(1)",
    doi: "10.1145/3508033",
    arxiv: "2111.01594",
  },
  "Cardinaels, Borst and van Leeuwaarden (2019)": {
    title: "Job assignment in large-scale service systems with affinity relations",
    venue: "Queueing Systems 93, 227-268",
    doi: "10.1007/s11134-019-09633-y",
    arxiv: "1812.10703",
  },
  "Foss and Chernova (1998)": {
    title: "On the stability of a partially accessible multi-station queue with state-dependent routing",
    venue: "Queueing Systems 29, 55-73",
    doi: "10.1023/A:1019175812444",
  },
  "Gardner, Harchol-Balter, Scheller-Wolf, Velednitsky and Zbarsky (2017)": {
    title: "Redundancy-d: the power of d choices for redundancy",
    venue: "Operations Research 65, 1078-1094",
    doi: "10.1287/opre.2016.1582",
  },
  "Gardner, Jaleel, Wickeham and Doroudi (2021)": {
    title: "Scalable load balancing in the presence of heterogeneous servers",
    venue: "Performance Evaluation 145, 102151",
  },
  "Gast and Van Houdt (2017)": {
    title: "A refined mean field approximation",
    venue: "Proceedings of the ACM on Measurement and Analysis of Computing Systems 1(2), 33",
    doi: "10.1145/3154491",
  },
  "Goldsztajn, Borst and van Leeuwaarden (2023)": {
    title: "Utility maximizing load balancing policies",
    venue: "Stochastic Systems 13, 211-246",
    doi: "10.1287/stsy.2022.0103",
    arxiv: "2112.08958",
  },
  "Gupta and Walton (2019)": {
    title: "Load balancing in the nondegenerate slowdown regime",
    venue: "Operations Research 67, 281-294",
    arxiv: "1707.01969",
  },
  "Harchol-Balter, Crovella and Murta (1999)": {
    title: "On choosing a task assignment policy for a distributed server system",
    venue: "Journal of Parallel and Distributed Computing 59, 204-228",
  },
  "Hellemans and Van Houdt (2018)": {
    title: "On the power-of-d-choices with least loaded server selection",
    venue: "Proceedings of the ACM on Measurement and Analysis of Computing Systems 2(2)",
    doi: "10.1145/3224422",
    arxiv: "1802.05420",
  },
  "Hurtado-Lange and Maguluri (2020)": {
    title: "Load balancing system under Join the Shortest Queue: many-server-heavy-traffic asymptotics",
    venue: "arXiv preprint",
    arxiv: "2004.04826",
  },
  "Liu and Ying (2025)": {
    title: "Zero-waiting load balancing with heterogeneous servers in heavy traffic",
    venue: "arXiv preprint",
    arxiv: "2509.23918",
  },
  "Lu, Xie, Kliot, Geller, Larus and Greenberg (2011)": {
    title: "Join-Idle-Queue: a novel load balancing algorithm for dynamically scalable web services",
    venue: "Performance Evaluation 68, 1056-1071",
  },
  "Mirrokni, Thorup and Zadimoghaddam (2018)": {
    title: "Consistent hashing with bounded loads",
    venue: "ACM-SIAM Symposium on Discrete Algorithms",
    arxiv: "1608.01350",
  },
  "Mitzenmacher (1996)": {
    title: "The power of two choices in randomized load balancing",
    venue: "PhD thesis, University of California, Berkeley",
  },
  "Mitzenmacher, Prabhakar and Shah (2002)": {
    title: "Load balancing with memory",
    venue: "IEEE Symposium on Foundations of Computer Science, 799-808",
  },
  "Ousterhout, Wendell, Zaharia and Stoica (2013)": {
    title: "Sparrow: distributed, low latency scheduling",
    venue: "ACM Symposium on Operating Systems Principles, 69-84",
    doi: "10.1145/2517349.2522716",
  },
  "Rutten and Mukherjee (2023)": {
    title: "Mean-field analysis for load balancing on spatial graphs",
    venue: "arXiv preprint, by whose numbers it is cited; Annals of Applied Probability 34 (2024), 5228-5257",
    doi: "10.1214/24-AAP2090",
    arxiv: "2301.03493",
  },
  "Rutten, Zubeldia and Mukherjee (2023)": {
    title: "Distributed rate scaling in large-scale service systems",
    venue: "arXiv preprint, by whose numbers it is cited; ACM SIGMETRICS Performance Evaluation Review 51(2), 21-23",
    doi: "10.1145/3626570.3626579",
    arxiv: "2306.02215",
  },
  "Shah and Prabhakar (2002)": {
    title: "The use of memory in randomized load balancing",
    venue: "IEEE International Symposium on Information Theory, 125",
  },
  "Turner (1998)": {
    title: "The effect of increasing routing choice on resource pooling",
    venue: "Probability in the Engineering and Informational Sciences 12, 109-124",
  },
  "Van Mieghem, Omic and Kooij (2009)": {
    title: "Virus spread in networks",
    venue: "IEEE/ACM Transactions on Networking 17, 1-14",
  },
  "Vvedenskaya, Dobrushin and Karpelevich (1996)": {
    title: "Queueing system with selection of the shortest of two queues: an asymptotic approach",
    venue: "Problems of Information Transmission 32, 15-27",
  },
  "Whitt (1986)": {
    title: "Deciding which queue to join: some counterexamples",
    venue: "Operations Research 34, 55-62",
  },
  "Wydrowski, Kleinberg, Rumble and Archer (2024)": {
    title: "Load is not what you should balance: introducing Prequal",
    venue: "USENIX Symposium on Networked Systems Design and Implementation",
    arxiv: "2312.10172",
  },
} as const satisfies Record<string, Publication>;
