/** What is counted of all frames, doubles; as design.md section 6 defines them. */
export const frames = 0
/** Microseconds; of the first and the last frame, infinite when there is none. */
export const firstAt = 1
export const lastAt = 2
export const requests = 3
export const replies = 4
export const gratuitous = 5
export const probes = 6
/** The most frames in any window of one second. */
export const peak = 7
/** How often Wireshark's detector spoke. */
export const storms = 8
/** Beyond the bounds: frames that claim an address, busy seconds of subjects, looping seconds of frames. */
export const unlistedClaims = 9
export const unlistedLoud = 10
export const unlistedLoops = 11
/** How many loops there are, and how many loud subjects: 3 columns, scope by scope. */
export const loops = 12
export const loud = 13
export const width = 16
