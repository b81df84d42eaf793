/** Markup that is safe to print: made by `el`, or our own. */
export interface Html {
  readonly markup: string
}

/** A text is escaped wherever it stands. */
export type Content = string | Html

const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
/** Elements without an end. */
const VOID = ['meta']

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPED[character] ?? '')
}

/** An element; names of elements and attributes are ours, never from outside. */
export function el(name: string, attributes: Readonly<Record<string, string>>, content: readonly Content[] = []): Html {
  const all = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`)
  const start = `<${name}${all.join('')}>`
  if (VOID.includes(name)) return { markup: start }
  return { markup: `${start}${content.map(rendered).join('')}</${name}>` }
}

/** A text of this program that must stand as it is. */
export function trusted(markup: string): Html {
  return { markup }
}

export function rendered(content: Content): string {
  return typeof content === 'string' ? escaped(content) : content.markup
}
