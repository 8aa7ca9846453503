// Runs the SQL that it is given, or reads from standard input, and prints the rows of the last statement, each as JSON on a line of its own.
//   node query.js "SELECT count(*) AS events FROM read_parquet('lake/g1/orders_order_placed/**/*.parquet')"
const { DuckDBInstance } = require('@duckdb/node-api');
const { readFileSync } = require('node:fs');

async function main() {
  const sql = process.argv[2] ?? readFileSync(0, 'utf8');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run("SET TimeZone = 'UTC'");
  const statements = await connection.extractStatements(sql);
  for (let i = 0; i < statements.count; i++) {
    const result = await (await statements.prepare(i)).runAndReadAll();
    if (i < statements.count - 1) continue;
    for (const row of result.getRowObjectsJson()) console.log(JSON.stringify(row));
  }
}

main().catch((failure) => {
  console.error(String(failure.message ?? failure));
  process.exit(1);
});
