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
/** How often time ran backwards, where it did so first (a frame's number), and by how many microseconds at most. */
export const stepsBack = 16
export const firstStepBack = 17
export const longestStepBack = 18
/** Neighbour solicitations and advertisements; of the first those without a sender, of the second those nobody asked for. */
export const solicitations = 19
export const advertisements = 20
export const dad = 21
export const unsolicited = 22
/** Frames that name an IPv6 address beyond the bound. */
export const unlistedIps = 23
/** ARP replies that are not gratuitous. */
export const ordinaryReplies = 24
export const width = ordinaryReplies + 1
export const rowBytes = width * 8
