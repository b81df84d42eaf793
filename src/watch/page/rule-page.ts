import { htmlDocument, policyOf } from '../../report/reporters/html/document.js'
import { el } from '../../report/reporters/html/elements.js'
import { markdownHtml } from '../../report/reporters/html/markdown.js'
import { RULES_AT } from './places.js'
import { WATCH_STYLE } from './style.js'

/** For the header of the page of a rule: it has a style, and nothing runs. */
export const RULE_POLICY = policyOf(WATCH_STYLE, ["frame-ancestors 'none'"])

/** The page of a rule, of its Markdown. */
export function ruleHtml(id: string, markdown: string): string {
  return htmlDocument({
    title: `l2doctor: ${id}`,
    attributes: {},
    head: [],
    style: WATCH_STYLE,
    body: [
      el('main', {}, [
        el('p', {}, [el('a', { href: '/' }, ['what the watch sees'])]),
        ...markdownHtml(markdown, (link) => `${RULES_AT}${link.replace(/^(?:\.\.\/)+/, '').replace(/\.md$/, '')}`),
      ]),
    ],
  })
}
