import { describe, expect, it } from 'vitest'
import type { Report } from '../../../src/report/report.js'
import { displayWidth } from '../../../src/report/reporters/pretty/text.js'
import { loadReporter, OUTPUT_NAMES, type RenderOptions } from '../../../src/report/reporters/registry.js'
import { bigReport, savedReports } from './reports.js'
import { xmlElements } from './xml.js'

const REPORTS: [string, Report][] = [...savedReports(), ['big', bigReport()]]
const PLAIN: RenderOptions = { colour: false, width: 80, unicode: true, quiet: false, verbose: false }
const VARIANTS: RenderOptions[] = [80, 140].flatMap((width) =>
  [true, false].flatMap((verbose) => [true, false].map((unicode) => ({ ...PLAIN, width, verbose, unicode }))),
)
/** The other formats look at none of the options. */
function variantsOf(name: string): readonly RenderOptions[] {
  return name === 'pretty' ? VARIANTS : [PLAIN]
}

/** What the GitHub Actions runner obeys in any log: `::name …::` after leading blanks, `##[name]` anywhere. */
const RUNNER_COMMAND = /^\s*::[\w-]+(?: .*)?::|##\[/m
const RAW = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u

describe.each(REPORTS)('report %s', (_, report) => {
  it.each(OUTPUT_NAMES)('%s lets nothing through that a terminal would obey', async (name) => {
    const render = await loadReporter(name)
    for (const options of variantsOf(name)) expect(RAW.exec(render(report, options))).toBeNull()
  })

  it.each(OUTPUT_NAMES)('%s ends in one newline', async (name) => {
    expect((await loadReporter(name))(report, PLAIN)).toMatch(/[^\n]\n$/)
  })

  it('pretty keeps to the width, but for commands to copy', async () => {
    const render = await loadReporter('pretty')
    const commands = [...new Set(commandLines(report))]
    for (const options of VARIANTS) {
      const tooWide = render(report, options)
        .split('\n')
        .filter((line) => displayWidth(line) > options.width && !commands.some((command) => line.endsWith(command)))
      expect(tooWide).toEqual([])
    }
  })

  it.each(['pretty', 'markdown', 'junit', 'sarif', 'json'] as const)('%s holds no workflow command', async (name) => {
    const render = await loadReporter(name)
    for (const options of variantsOf(name)) expect(RUNNER_COMMAND.exec(render(report, options))).toBeNull()
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
    expect(count('failure')).toBe(report.findings.filter(({ severity }) => severity === 'error').length)
    expect(count('error')).toBe(report.verdict === 'inconclusive' ? report.gaps.length : 0)
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
    for (const row of rows) expect(row.match(/(?<!\\)\|/g)).toHaveLength(9)
  })
})

describe('a run that could not look', () => {
  const report = REPORTS.find(([name]) => name === 'inconclusive')![1]

  it.each(['pretty', 'markdown', 'github'] as const)('%s says so and says what to do', async (name) => {
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
