import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Page } from '../metrics/server.js'
import { packageFile } from '../package-file.js'
import { printableJson } from '../report/printable.js'
import { allRules } from '../rules/registry.js'
import { REDACTED_POLICY, redactedPage, WATCH_POLICY, watchPage } from '../watch/page/page.js'
import { REDACTED_AT, REDACTED_STATUS_AT, RULES_AT, STATUS_AT } from '../watch/page/places.js'
import { RULE_POLICY, ruleHtml } from '../watch/page/rule-page.js'
import type { Status } from '../watch/page/status.js'
import { StatusBook } from '../watch/page/status-book.js'
import { WorkBudget } from '../work-budget.js'

const HTML = 'text/html; charset=utf-8'
const JSON_ALONE = ['application/json', "default-src 'none'"] as const

/** What is served for people, by its path: the page of a watch, the same as JSON, and the pages of the rules. */
export function watchPages(version: string): { readonly book: StatusBook; readonly pages: ReadonlyMap<string, Page> } {
  const book = new StatusBook(version)
  const tag = () => `"${book.version}"`
  const status = (contentType: string, policy: string, render: () => string | Promise<string>): Page => ({
    contentType,
    policy,
    tag,
    body: remembered(tag, async () => Buffer.from(await render())),
  })
  // the same pseudonyms on the page and in the JSON
  const redacted = remembered(tag, () => redactStatus(book.status()))
  const pages = new Map<string, Page>([
    ['/', status(HTML, WATCH_POLICY, () => watchPage(book.status(), tag()))],
    [STATUS_AT, status(...JSON_ALONE, () => `${printableJson(book.status())}\n`)],
    [REDACTED_STATUS_AT, status(...JSON_ALONE, async () => `${printableJson(await redacted())}\n`)],
    [REDACTED_AT, status(HTML, REDACTED_POLICY, async () => redactedPage(await redacted()))],
    ...allRules.map(({ id }): [string, Page] => [`${RULES_AT}${id}`, rulePage(id)]),
  ])
  return { book, pages }
}

async function redactStatus(status: Status): Promise<Status> {
  const { redactingStatus } = await import('../workflows/redact-status.js')
  const budget = new WorkBudget(new AbortController().signal)
  return budget.run(redactingStatus(status, () => randomBytes(32)))
}

/** However often it is asked for, it is made once for each tag, and not before somebody asks. */
function remembered<T>(tag: () => string, make: () => T | Promise<T>): () => Promise<T> {
  let made: { readonly tag: string; readonly value: T | Promise<T> } | null = null
  return async () => {
    if (made?.tag !== tag()) made = { tag: tag(), value: make() }
    return made.value
  }
}

function rulePage(id: string): Page {
  const file = packageFile(`docs/rules/${id}.md`)
  return {
    contentType: HTML,
    policy: RULE_POLICY,
    body: async () => Buffer.from(ruleHtml(id, await readFile(file, 'utf8'))),
  }
}
