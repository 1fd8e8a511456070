import type { Publication } from "./publication.js";

/** Queues, stochastic processes and statistics. */
export const probability = {
  "Asmussen (2003)": { title: "Applied Probability and Queues", venue: "Springer, second edition" },
  "Asmussen and Glynn (2007)": { title: "Stochastic Simulation: Algorithms and Analysis", venue: "Springer" },
  "Baccelli and Hebuterne (1981)": {
    title: "On queues with impatient customers",
    venue: "Performance '81, North-Holland, 159-179",
  },
  "Barrer (1957)": {
    title: "Queuing with impatient customers and ordered service",
    venue: "Operations Research 5, 650-656",
    doi: "10.1287/opre.5.5.650",
  },
  "Benes (1957)": {
    title: "On queues with Poisson arrivals",
    venue: "Annals of Mathematical Statistics 28, 670-677",
  },
  "Cinlar (1975)": { title: "Introduction to Stochastic Processes", venue: "Prentice-Hall" },
  "Clopper and Pearson (1934)": {
    title: "The use of confidence or fiducial limits illustrated in the case of the binomial",
    venue: "Biometrika 26, 404-413",
    doi: "10.1093/biomet/26.4.404",
  },
  "Cornish and Fisher (1938)": {
    title: "Moments and cumulants in the specification of distributions",
    venue: "Revue de l'Institut International de Statistique 5, 307-320",
  },
  "Erlang (1909)": {
    title: "The theory of probabilities and telephone conversations",
    venue: "Nyt Tidsskrift for Matematik B 20, 33-39",
  },
  "Erlang (1917)": {
    title: "Solution of some problems in the theory of probabilities of significance in automatic telephone exchanges",
    venue: "Elektroteknikeren 13, 5-13",
  },
  "Fay and Feuer (1997)": {
    title: "Confidence intervals for directly standardized rates: a method based on the gamma distribution",
    venue: "Statistics in Medicine 16, 791-801",
  },
  "Fischer and Meier-Hellstern (1993)": {
    title: "The Markov-modulated Poisson process (MMPP) cookbook",
    venue: "Performance Evaluation 18, 149-171",
    doi: "10.1016/0166-5316(93)90035-S",
  },
  "Garwood (1936)": {
    title: "Fiducial limits for the Poisson distribution",
    venue: "Biometrika 28, 437-442",
  },
  "Gilbert (1959)": { title: "Random graphs", venue: "Annals of Mathematical Statistics 30, 1141-1144" },
  "Gumbel (1960)": {
    title: "Waiting lines with heterogeneous servers",
    venue: "Operations Research 8, 504-511",
  },
  "Jackson (1957)": { title: "Networks of waiting lines", venue: "Operations Research 5, 518-521" },
  "Kelly (1979)": { title: "Reversibility and Stochastic Networks", venue: "Wiley" },
  "Khinchine (1932)": {
    title: "The mathematical theory of a stationary queue",
    venue: "Matematicheskii Sbornik 39, 73-84",
  },
  "Kiefer and Wolfowitz (1955)": {
    title: "On the theory of queues with many servers",
    venue: "Transactions of the American Mathematical Society 78, 1-18",
  },
  "Kim and Nelson (2001)": {
    title: "A fully sequential procedure for indifference-zone selection in simulation",
    venue: "ACM Transactions on Modeling and Computer Simulation 11, 251-273",
  },
  "Kingman (1962)": {
    title: "On queues in heavy traffic",
    venue: "Journal of the Royal Statistical Society B 24, 383-392",
  },
  "Kleinrock (1967)": {
    title: "Time-shared systems: a theoretical treatment",
    venue: "Journal of the ACM 14, 242-261",
  },
  "Kushner and Yin (2003)": {
    title: "Stochastic Approximation and Recursive Algorithms and Applications",
    venue: "Springer, second edition",
  },
  "Lai (1976)": { title: "On confidence sequences", venue: "Annals of Statistics 4, 265-280" },
  "Lan and DeMets (1983)": {
    title: "Discrete sequential boundaries for clinical trials",
    venue: "Biometrika 70, 659-663",
  },
  "Meketon and Schmeiser (1984)": {
    title: "Overlapping batch means: something for nothing?",
    venue: "Winter Simulation Conference, 226-230",
  },
  "Nakayama (2014)": {
    title: "Confidence intervals for quantiles using sectioning when applying variance-reduction techniques",
    venue: "ACM Transactions on Modeling and Computer Simulation 24(4)",
  },
  "Neuts (1981)": {
    title: "Matrix-Geometric Solutions in Stochastic Models",
    venue: "Johns Hopkins University Press",
  },
  "Panjer (1981)": {
    title: "Recursive evaluation of a family of compound distributions",
    venue: "ASTIN Bulletin 12, 22-26",
  },
  "Paulson (1964)": {
    title: "A sequential procedure for selecting the population with the largest mean from k normal populations",
    venue: "Annals of Mathematical Statistics 35, 174-180",
  },
  "Pollaczek (1930)": {
    title: "Ueber eine Aufgabe der Wahrscheinlichkeitstheorie",
    venue: "Mathematische Zeitschrift 32, 64-100 and 729-750",
  },
  "Scheffe (1959)": { title: "The Analysis of Variance", venue: "Wiley" },
  "Vats and Flegal (2022)": {
    title: "Lugsail lag windows for estimating time-average covariance matrices",
    venue: "Biometrika 109, 735-750",
    arxiv: "1809.04541",
  },
  "Wang and Ramdas (2025)": {
    title: "Anytime-valid t-tests and confidence sequences for Gaussian means with unknown variance",
    venue: "Sequential Analysis 44",
    arxiv: "2310.03722",
  },
  "Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2021)": {
    title: "Time-uniform central limit theory and asymptotic confidence sequences",
    venue: "arXiv preprint; Annals of Statistics 52 (2024), 2613-2640",
    doi: "10.1214/24-AOS2408",
    arxiv: "2103.06476",
  },
  "White (1997)": {
    title: "An effective truncation heuristic for bias reduction in simulation output",
    venue: "Simulation 69, 323-334",
  },
  "White, Cobb and Spratt (2000)": {
    title: "A comparison of five steady-state truncation heuristics for simulation",
    venue: "Winter Simulation Conference, 755-760",
  },
  "Whitt (1982)": {
    title: "Approximating a point process by a renewal process, I: two basic methods",
    venue: "Operations Research 30, 125-147",
  },
  "Woodruff (1952)": {
    title: "Confidence intervals for medians and other position measures",
    venue: "Journal of the American Statistical Association 47, 635-646",
  },
} as const satisfies Record<string, Publication>;
