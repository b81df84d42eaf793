import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { atHand } from '../../../src/report/at-hand.js'
import type { Report } from '../../../src/report/report.js'
import { displayWidth } from '../../../src/report/reporters/pretty/text.js'
import { loadReporter, OUTPUT_NAMES, type OutputName } from '../../../src/report/reporters/registry.js'
import type { RenderOptions } from '../../../src/report/reporters/reporter.js'
import { failuresOf } from '../../../src/report/verdict.js'
import { bigReport, savedReports } from './reports.js'
import { xmlElements } from './xml.js'

const REPORTS: [string, Report][] = [...savedReports(), ['big', bigReport()]]
const PLAIN: RenderOptions = { colour: false, width: 80, unicode: true, quiet: false, verbose: false }
const VARIANTS: RenderOptions[] = [80, 140].flatMap((width) =>
  [true, false].flatMap((verbose) => [true, false].map((unicode) => ({ ...PLAIN, width, verbose, unicode }))),
)
/** Every variant of a report in a format, rendered once; only pretty looks at the options. */
async function renderAll(name: OutputName, report: Report): Promise<{ text: string; width: number }[]> {
  const render = await loadReporter(name)
  const variants = name === 'pretty' ? VARIANTS : [PLAIN]
  return variants.map((options) => ({ text: render(report, options), width: options.width }))
}

/** What the GitHub Actions runner obeys in any log: `::name …::` after leading blanks, `##[name]` anywhere. */
const RUNNER_COMMAND = /^\s*::[\w-]+(?: .*)?::|##\[/m
const RAW = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u

describe.each(REPORTS)('report %s', (_, report) => {
  it.each(OUTPUT_NAMES)(
    '%s shows nothing that a terminal or a runner would obey, and ends its last line',
    async (name) => {
      for (const { text } of await renderAll(name, report)) {
        expect(RAW.exec(text)).toBeNull()
        if (name !== 'github') expect(RUNNER_COMMAND.exec(text)).toBeNull()
        expect(text).toMatch(/[^\n]\n$/)
      }
    },
  )

  it('pretty keeps to the width, but for commands to copy', async () => {
    const commands = [...new Set(commandLines(atHand(report)))]
    for (const { text, width } of await renderAll('pretty', report)) {
      const tooWide = text
        .split('\n')
        .filter((line) => displayWidth(line) > width && !commands.some((command) => line.endsWith(command)))
      expect(tooWide).toEqual([])
    }
  })

  it('pretty in ASCII is ASCII', async () => {
    const text = (await loadReporter('pretty'))(report, { ...PLAIN, unicode: false, verbose: true })
    expect(text).toMatch(/^[\n\x20-\x7e]*$/)
  })

  it('colour adds nothing but colour', async () => {
    const render = await loadReporter('pretty')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes chalk writes
    const uncoloured = render(report, { ...PLAIN, colour: true }).replace(/\u001b\[\d+m/g, '')
    expect(uncoloured).toBe(render(report, PLAIN))
  })

  it('junit is XML that counts every finding', async () => {
    const elements = xmlElements((await loadReporter('junit'))(report, PLAIN))
    const count = (name: string) => elements.filter((element) => element.name === name).length
    expect(elements[0]?.name).toBe('testsuites')
    const expected = (status: string) => report.expectations.filter((one) => one.status === status).length
    const failing = report.findings.filter(failuresOf(report)).length
    expect(count('failure')).toBe(failing + expected('failed'))
    expect(count('error')).toBe((report.verdict === 'inconclusive' ? report.gaps.length : 0) + expected('unknown'))
    expect(elements[0]?.attributes).toContain(` failures="${count('failure')}"`)
  })

  it('github lines are commands with nothing unescaped in them, at most ten a level', async () => {
    const lines = (await loadReporter('github'))(report, PLAIN).trimEnd().split('\n')
    const commands = lines.filter((line) => line.startsWith('::'))
    for (const command of commands) {
      expect(command).toMatch(/^::(error|warning|notice) title=(?:[^%:,\r\n]|%25|%3A|%2C)*::(?:[^%\r\n]|%25|%0A)*$/)
    }
    for (const level of ['error', 'warning', 'notice']) {
      expect(commands.filter((line) => line.startsWith(`::${level} `)).length).toBeLessThanOrEqual(10)
    }
    expect(lines.filter((line) => !line.startsWith('::')).join('\n')).not.toMatch(RUNNER_COMMAND)
  })

  it('markdown has no HTML but its own, and no table cell too many', async () => {
    const outsideFences = (await loadReporter('markdown'))(report, PLAIN).replace(
      /^( *)(`{3,})\w*\n[\s\S]*?\n\1\2$/gm,
      '',
    )
    expect(outsideFences.replace(/<\/?(?:details|summary)>/g, '')).not.toMatch(/[<>]/)
    const rows = outsideFences.split('\n').filter((line) => line.startsWith('|'))
    // eight columns of responders, three of expectations
    for (const row of rows) expect([9, 4]).toContain(row.match(/(?<!\\)\|/g)?.length)
  })
})

describe.each(REPORTS)('report %s as a page', (_, report) => {
  const TAGS =
    'html head meta title style body main header section article h1 h2 h3 p pre ul ol li details summary table thead tbody tr th td'
  const OURS = new RegExp(`^</?(?:${TAGS.replaceAll(' ', '|')})(?: (?:[a-z-]+)="[^"<>]*")*>$`)

  it('has no markup but its own, loads nothing and runs nothing', async () => {
    const page = (await loadReporter('html'))(report, PLAIN)
    const [, style = '', rest = ''] = /<style>([^<]*)<\/style>([\s\S]*)/.exec(page) ?? []
    const hash = createHash('sha256').update(style).digest('base64')
    expect(page).toContain(`content="default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;; base-uri`)
    expect(style).not.toMatch(/url\(|@import/)
    const tags = page.replace('<!doctype html>\n', '').match(/<[^>]*>?/g) ?? []
    expect(tags.filter((tag) => !OURS.test(tag))).toEqual([])
    // nothing that refers to anything, and no style of an element
    expect(tags.filter((tag) => / (?:src|href|style|on\w+|action|data)=/.test(tag))).toEqual([])
    expect(rest.replace(/<[^>]*>/g, '')).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/)
  })

  it('closes what it opens, in order', async () => {
    const open: string[] = []
    for (const [, end, name = ''] of (await loadReporter('html'))(report, PLAIN).matchAll(/<(\/?)([a-z]\w*)/g)) {
      if (end === '/') expect(open.pop()).toBe(name)
      else if (name !== 'meta') open.push(name)
    }
    expect(open).toEqual([])
  })
})

describe('a run that could not look', () => {
  const report = REPORTS.find(([name]) => name === 'inconclusive')![1]

  it.each(['pretty', 'markdown', 'github', 'html'] as const)('%s says so and says what to do', async (name) => {
    const text = (await loadReporter(name))(report, PLAIN)
    expect(text).toMatch(/Inconclusive/)
    expect(text).toMatch(/sudo/)
    expect(text).not.toMatch(/Healthy/)
  })
})

/** Lines that are there to be copied: steps, what evidence ran, and one-line verify and undo commands. */
function commandLines({ findings }: Report): string[] {
  const commands = findings.flatMap(({ fixes, evidence }) => [
    ...fixes.flatMap((fix) => [...fix.steps.map(({ run }) => run ?? ''), fix.verify, fix.undo]),
    ...evidence.map((piece) => (piece.kind === 'command' ? piece.command : '')),
  ])
  return commands
    .flatMap((command) => command.split('\n'))
    .filter((line) => line !== '')
    .map((line) => line.slice(-12))
}
