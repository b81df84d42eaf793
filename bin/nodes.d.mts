/** The folder of a package of Node itself; see nodes.mjs. */
export function nodeFolder(major: number, arch?: 'x64' | 'arm64'): string
/** Why it cannot be had; null where it can, or another fault is to be seen. */
export function whyNoNode(major: number, options?: { arch?: 'x64' | 'arm64'; env?: NodeJS.ProcessEnv }): string | null
