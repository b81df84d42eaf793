/** One line of the bench. */
export interface Measured {
  readonly what: string
  /** What we did it in. */
  readonly ours: string
  /** The same of another tool; absent where there is none, or it is not installed (then `ours` stands alone). */
  readonly peer?: string
}

export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN
}

export function milliseconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`
}
