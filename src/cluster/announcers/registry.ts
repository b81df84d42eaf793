import type { Announcer } from './announcer.js'

/** Every announcer that l2doctor knows. */
export const announcers: readonly Announcer[] = []
