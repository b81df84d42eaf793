import { plural } from '../../plural.js'
import { type Content, el, type Html } from './elements.js'

/** Parts of which pages are made. */

/** A page should open on a phone; of each kind this many are shown, the rest are counted. */
export const SHOWN = 200

export function section(title: string, content: readonly Content[]): Html[] {
  return [el('section', {}, [el('h2', {}, [title]), ...content])]
}

/** What is beyond `SHOWN`. */
export function rest(all: number, noun: string, many?: string): Html[] {
  return all > SHOWN ? [el('p', {}, [`and ${plural(all - SHOWN, noun, many)}.`])] : []
}

export function details(summary: string, content: readonly Content[]): Html {
  return el('details', {}, [el('summary', {}, [summary]), ...content])
}

export function command(run: string): Html {
  return el('pre', {}, [run])
}

export function list(items: readonly Content[]): Html {
  return el(
    'ul',
    {},
    items.map((item) => el('li', {}, [item])),
  )
}

/** On a narrow screen each row is a block, and each cell names its column. `kind`: the class of a row, where it has one. */
export function table(
  heads: readonly string[],
  rows: readonly (readonly Content[])[],
  kind: (at: number) => string | undefined = () => undefined,
): Html {
  const cell = (content: Content, at: number) => el('td', { 'data-head': heads[at] ?? '' }, [content])
  return el('table', {}, [
    el('thead', {}, [
      el(
        'tr',
        {},
        heads.map((head) => el('th', {}, [head])),
      ),
    ]),
    el(
      'tbody',
      {},
      rows.map((row, at) => el('tr', classed(kind(at)), row.map(cell))),
    ),
  ])
}

function classed(name: string | undefined): Readonly<Record<string, string>> {
  return name === undefined ? {} : { class: name }
}
