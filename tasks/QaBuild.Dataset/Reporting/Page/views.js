import { report } from "./data.js";
import { count } from "./units.js";
import { overview, byTopic } from "./overview.js";
import { coverage } from "./coverage.js";
import { balance } from "./balance.js";
import { lengths } from "./lengths.js";
import { questions } from "./questions.js";
import { duplicates } from "./duplicates.js";
import { findingsOn } from "./findings.js";
import { review } from "./review.js";
import { model } from "./model.js";

/** The views by name, in the order of the menu; a badge says how much there is to see. */
export const views = {
  overview: { show: overview },
  coverage: { show: coverage },
  balance: { show: balance },
  lengths: { show: lengths },
  questions: { show: questions, badge: count },
  duplicates: { show: duplicates, badge: () => report.clusterCount },
  contradictions: { show: findingsOn("contradiction"), badge: () => byTopic("contradiction") },
  leaks: { show: findingsOn("leak"), badge: () => byTopic("leak") },
  findings: { show: findingsOn(null), badge: () => report.counts.reduce((sum, one) => sum + one.findings, 0) },
  review: { show: review },
  model: { show: model },
};
