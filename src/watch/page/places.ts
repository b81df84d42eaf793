/** Where what is served of a watch lies. */
export const STATUS_AT = '/status.json'
/** The same under pseudonyms, and the page of it. */
export const REDACTED_AT = '/redacted'
export const REDACTED_STATUS_AT = '/status.redacted.json'
/** Before the id of a rule. */
export const RULES_AT = '/rules/'
