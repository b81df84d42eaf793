/** Worst first. Apart from the schema, so that printing a report does not load it. */
export const SEVERITIES = ['error', 'warning', 'info'] as const
