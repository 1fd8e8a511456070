import type { Publication } from "./publication.js";

/** Numerical methods, random numbers, algorithms and displays. */
export const methods = {
  "Batagelj and Brandes (2005)": {
    title: "Efficient generation of large random networks",
    venue: "Physical Review E 71, 036113",
    doi: "10.1103/PhysRevE.71.036113",
  },
  "Box and Muller (1958)": {
    title: "A note on the generation of random normal deviates",
    venue: "Annals of Mathematical Statistics 29, 610-611",
    doi: "10.1214/aoms/1177706645",
  },
  "Chen and Asau (1974)": {
    title: "On generating random variates from an empirical distribution",
    venue: "AIIE Transactions 6, 163-166",
  },
  "Clinger (1990)": {
    title: "How to read floating point numbers accurately",
    venue: "Proceedings of PLDI '90, 92-101",
    doi: "10.1145/93542.93557",
  },
  "Cristian (1989)": {
    title: "Probabilistic clock synchronization",
    venue: "Distributed Computing 3, 146-158",
    doi: "10.1007/BF01784024",
  },
  "Dirichlet (1839)": {
    title: "Sur une nouvelle methode pour la determination des integrales multiples",
    venue: "Journal de Mathematiques Pures et Appliquees 4, 164-168",
  },
  "Dormand and Prince (1980)": {
    title: "A family of embedded Runge-Kutta formulae",
    venue: "Journal of Computational and Applied Mathematics 6, 19-26",
    doi: "10.1016/0771-050X(80)90013-3",
  },
  "Fenwick (1994)": {
    title: "A new data structure for cumulative frequency tables",
    venue: "Software: Practice and Experience 24, 327-336",
    doi: "10.1002/spe.4380240306",
  },
  "Frank and Wolfe (1956)": {
    title: "An algorithm for quadratic programming",
    venue: "Naval Research Logistics Quarterly 3, 95-110",
    doi: "10.1002/nav.3800030109",
  },
  "Gerhardt and Nelson (2009)": {
    title: "Transforming renewal processes for simulation of nonstationary arrival processes",
    venue: "INFORMS Journal on Computing 21, 630-640",
  },
  "Hestenes and Stiefel (1952)": {
    title: "Methods of conjugate gradients for solving linear systems",
    venue: "Journal of Research of the National Bureau of Standards 49, 409-436",
  },
  "Hordijk, Iglehart and Schassberger (1976)": {
    title: "Discrete time methods for simulating continuous time Markov chains",
    venue: "Advances in Applied Probability 8, 772-788",
  },
  "Koury, McAllister and Stewart (1984)": {
    title: "Iterative methods for computing stationary distributions of nearly completely decomposable Markov chains",
    venue: "SIAM Journal on Algebraic and Discrete Methods 5, 164-186",
  },
  "Lewis and Shedler (1979)": {
    title: "Simulation of nonhomogeneous Poisson processes by thinning",
    venue: "Naval Research Logistics Quarterly 26, 403-413",
  },
  "Marsaglia (2003)": { title: "Xorshift RNGs", venue: "Journal of Statistical Software 8(14)" },
  "Okabe and Ito (2008)": {
    title: "Color universal design: how to make figures and presentations that are friendly to colorblind people",
    venue: "https://jfly.uni-koeln.de/color/",
  },
  "Ridders (1979)": {
    title: "A new algorithm for computing a single root of a real continuous function",
    venue: "IEEE Transactions on Circuits and Systems 26, 979-980",
  },
  "Smith (1968)": {
    title: "Matrix equation XA + BX = C",
    venue: "SIAM Journal on Applied Mathematics 16, 198-201",
  },
  "Tarjan (1975)": {
    title: "Efficiency of a good but not linear set union algorithm",
    venue: "Journal of the ACM 22, 215-225",
    doi: "10.1145/321879.321884",
  },
  "Thomas (1949)": {
    title: "Elliptic problems in linear difference equations over a network",
    venue: "Watson Scientific Computing Laboratory, Columbia University",
  },
  "Vose (1991)": {
    title: "A linear algorithm for generating random numbers with a given distribution",
    venue: "IEEE Transactions on Software Engineering 17, 972-975",
  },
  "Walker (1977)": {
    title: "An efficient method for generating discrete random variables with general distributions",
    venue: "ACM Transactions on Mathematical Software 3, 253-256",
    doi: "10.1145/355744.355749",
  },
  "Welford (1962)": {
    title: "Note on a method for calculating corrected sums of squares and products",
    venue: "Technometrics 4, 419-420",
  },
} as const satisfies Record<string, Publication>;
