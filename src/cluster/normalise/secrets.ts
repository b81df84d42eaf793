/** What is written out where a Secret would have been better: never kept, not even in memory. */
const SECRET_NAME = /pass(?:word|wd|phrase)?$|token$|secret(?:_?key)?$/i
const SECRET_LINE = /^(\s*(?:- +)?["']?[\w.-]*(?:pass(?:word|wd|phrase)|token)["']?\s*:).*$/gim

/** The value of a variable, or a word that says that it was left out. */
export function withoutSecret(name: string, value: string): string {
  return value !== '' && SECRET_NAME.test(name) ? 'not kept' : value
}

/** A configuration file without the passwords in it, such as those of MetalLB's BGP peers. */
export function withoutPasswords(text: string): string {
  return text.replace(SECRET_LINE, '$1 not kept')
}
