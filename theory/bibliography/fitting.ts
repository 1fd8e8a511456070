import type { Publication } from "./publication.js";

/** Statistics by which laws are fitted to data. */
export const fitting = {
  "Babu and Rao (2004)": {
    title: "Goodness-of-fit tests when parameters are estimated",
    venue: "Sankhya 66, 63-74",
  },
  "Cox and Lewis (1966)": {
    title: "The Statistical Analysis of Series of Events",
    venue: "Methuen",
  },
  "Dempster, Laird and Rubin (1977)": {
    title: "Maximum likelihood from incomplete data via the EM algorithm",
    venue: "Journal of the Royal Statistical Society B 39, 1-38",
  },
  "Kiefer (1953)": {
    title: "Sequential minimax search for a maximum",
    venue: "Proceedings of the American Mathematical Society 4, 502-506",
  },
  "Kwiatkowski, Phillips, Schmidt and Shin (1992)": {
    title: "Testing the null hypothesis of stationarity against the alternative of a unit root",
    venue: "Journal of Econometrics 54, 159-178",
  },
  "Lindley (1952)": {
    title: "The theory of queues with a single server",
    venue: "Proceedings of the Cambridge Philosophical Society 48, 277-289",
  },
  "Lo (1991)": {
    title: "Long-term memory in stock market prices",
    venue: "Econometrica 59, 1279-1313",
  },
  "Nelder and Mead (1965)": {
    title: "A simplex method for function minimization",
    venue: "The Computer Journal 7, 308-313",
  },
  "Politis and Romano (1994)": {
    title: "The stationary bootstrap",
    venue: "Journal of the American Statistical Association 89, 1303-1313",
  },
  "Schwarz (1978)": {
    title: "Estimating the dimension of a model",
    venue: "Annals of Statistics 6, 461-464",
  },
  "Vitter (1985)": {
    title: "Random sampling with a reservoir",
    venue: "ACM Transactions on Mathematical Software 11, 37-57",
  },
} as const satisfies Record<string, Publication>;
