/** The folder of a package of Node itself; see nodes.mjs. */
export function nodeFolder(major: number, arch?: 'x64' | 'arm64'): string
