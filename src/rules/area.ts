/** The area of a rule, which is the folder that it lives in: `wire` of `wire/no-answer`. */
export function areaOf(rule: string): string {
  return rule.split('/', 1)[0] ?? rule
}

/** It says what the wire shows of an address. */
export function isSeenOnWire(rule: string): boolean {
  return areaOf(rule) === 'wire'
}

/** It says what one place sees and another does not. */
export function comparesPlaces(rule: string): boolean {
  return areaOf(rule) === 'vantage'
}
