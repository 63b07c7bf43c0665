// usage: node check-train-json.js FILE   What `orleanstrain train mnist --epochs 1 --json` printed: is it what scripts rely on?
const { readFileSync } = require("node:fs");

const keys = [
  "run_id", "experiment", "status", "world_size", "epochs", "steps", "load_seconds", "train_seconds", "samples_per_second",
  "training_loss", "test_loss", "test_accuracy", "checkpoint_uri", "weights_sha256", "restarts", "tracking_uri",
];
const problems = [];
const expect = (holds, what) => holds || problems.push(what);

const text = readFileSync(process.argv[2], "utf8");
if (text.trim() === "") {
  console.error(`expected one JSON object in ${process.argv[2]}, found nothing`);
  process.exit(1);
}

const result = JSON.parse(text);
for (const key of keys) expect(result[key] !== undefined && result[key] !== null, `key ${key} is there`);
expect(result.status === "FINISHED", `status FINISHED, found ${result.status}`);
expect(result.epochs === 1, `epochs 1, found ${result.epochs}`);
expect(result.test_accuracy > 0.9 && result.test_accuracy <= 1, `test_accuracy above 0.9, found ${result.test_accuracy}`);
expect(/^[0-9a-f]{64}$/.test(result.weights_sha256), `weights_sha256 in hexadecimal, found ${result.weights_sha256}`);

console.log(JSON.stringify(result, null, 2));
for (const problem of problems) console.error(`expected ${problem}`);
process.exit(problems.length === 0 ? 0 : 1);
