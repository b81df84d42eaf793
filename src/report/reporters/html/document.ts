import { createHash } from 'node:crypto'
import { type Content, el, type Html, rendered, trusted } from './elements.js'

/** What a policy lets in: the style or script with this text alone. */
export function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

/** Nothing is loaded, nothing runs, and no style counts but the one whose hash this is; `more` lets in what a page needs else. */
export function policyOf(style: string, more: readonly string[] = []): string {
  return ["default-src 'none'", `style-src ${hashOf(style)}`, ...more, "base-uri 'none'", "form-action 'none'"].join(
    '; ',
  )
}

export interface Page {
  readonly title: string
  /** Of the root. */
  readonly attributes: Readonly<Record<string, string>>
  /** Beside what every page has in its head. */
  readonly head: readonly Html[]
  readonly body: readonly Content[]
  /** The style of all pages (`STYLE`), and what a page adds to it. */
  readonly style: string
}

/** A whole document. */
export function htmlDocument({ title, attributes, head, body, style }: Page): string {
  const inHead = el('head', {}, [
    el('meta', { charset: 'utf-8' }),
    ...head,
    el('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    el('meta', { name: 'color-scheme', content: 'light dark' }),
    el('meta', { name: 'referrer', content: 'no-referrer' }),
    el('title', {}, [title]),
    el('style', {}, [trusted(style)]),
  ])
  return `<!doctype html>\n${rendered(el('html', { lang: 'en', ...attributes }, [inHead, el('body', {}, body)]))}\n`
}
