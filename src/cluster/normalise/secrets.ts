/** What is written out where a Secret would have been better: never kept, not even in memory. */
const SECRET_LINE =
  /^(\s*(?:- +)?["']?[\w.-]*(?:pass(?:word|wd|phrase)?|token|secret(?:[_-]?key)?|private[_-]?key)["']?\s*:).*$/gim

/** A configuration file without the passwords in it, such as those of MetalLB's BGP peers. */
export function withoutPasswords(text: string): string {
  return text.replace(SECRET_LINE, '$1 not kept')
}
