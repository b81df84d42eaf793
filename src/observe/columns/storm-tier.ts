/** Frames in a second: see STORM_TIERS. */
export const info = 10
export const warning = 15
export const error = 100
