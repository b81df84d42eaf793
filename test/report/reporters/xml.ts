/** Controls but tab and newlines, lone surrogates, noncharacters: XML 1.0 section 2.2. */
const FORBIDDEN = /(?![\t\n\r])[\p{Cc}\p{Cs}\ufffe\uffff]/u
const TOKEN =
  /<\?xml [^?]*\?>|<!\[CDATA\[[\s\S]*?\]\]>|<\/(?<close>[\w-]+)>|<(?<open>[\w-]+)(?<attributes>(?: [\w-]+="[^"<]*")*)(?<empty>\/)?>|(?<text>[^<]+)/y

/** Reads XML strictly enough to reject what a parser would: answers with each element as `name attributes`. */
export function xmlElements(xml: string): { name: string; attributes: string }[] {
  if (FORBIDDEN.test(xml)) throw new Error(`forbidden character at ${xml.search(FORBIDDEN)}`)
  const elements: { name: string; attributes: string }[] = []
  const open: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < xml.length) {
    const at = TOKEN.lastIndex
    const groups = TOKEN.exec(xml)?.groups
    if (!groups) throw new Error(`not XML at ${at}: ${xml.slice(at, at + 40)}`)
    checkEntities(groups['text'] ?? groups['attributes'] ?? '')
    if (groups['open']) {
      elements.push({ name: groups['open'], attributes: groups['attributes'] ?? '' })
      if (!groups['empty']) open.push(groups['open'])
    }
    if (groups['close'] && open.pop() !== groups['close'])
      throw new Error(`</${groups['close']}> closes nothing at ${at}`)
  }
  if (open.length > 0) throw new Error(`never closed: ${open.join(', ')}`)
  return elements
}

function checkEntities(text: string): void {
  const bare = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);)/.exec(text)
  if (bare) throw new Error(`bare & in: ${text.slice(bare.index, bare.index + 40)}`)
}
