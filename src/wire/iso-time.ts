/** Microseconds since the epoch as ISO 8601 with microseconds, UTC: `2026-01-31T03:04:05.000123Z`. */
export function isoFromMicros(at: number): string {
  const seconds = Math.floor(at / 1e6)
  const whole = new Date(seconds * 1000)
  if (Number.isNaN(whole.getTime())) return new Date(0).toISOString()
  return whole.toISOString().replace(/\.\d+Z$/, `.${String(at - seconds * 1e6).padStart(6, '0')}Z`)
}
