/** C0 and C1 controls, DEL, and the bidirectional overrides that can reorder a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Text from outside (a node, an API object, an interface name) with everything a terminal would obey taken out. */
export function printable(text: string): string {
  return text.replace(UNSAFE, '\ufffd')
}
