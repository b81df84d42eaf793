/** How a request was put: the places in REQUEST_MODES. */
export const broadcast = 0
export const unicast = 1
export const probe = 2
