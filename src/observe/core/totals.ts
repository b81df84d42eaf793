import * as REGION from '../columns/region.js'

/** Writes a total (total.ts) to where others find it. */
export function total(column: i32, value: f64): void {
  store<f64>(REGION.totalsAt + ((<usize>column) << 3), value)
}
