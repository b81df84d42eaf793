import { describe, expect, it } from 'vitest'
import type { Report } from '../../../src/report/report.js'
import { loadReporter, type OutputName } from '../../../src/report/reporters/registry.js'
import type { RenderOptions } from '../../../src/report/reporters/reporter.js'
import { bigReport, savedReports } from './reports.js'

const PLAIN: RenderOptions = { colour: false, width: 80, unicode: true, quiet: false, verbose: false }

const PRETTY: Record<string, Partial<RenderOptions>> = {
  '80': {},
  '140': { width: 140 },
  ascii: { unicode: false },
  colour: { colour: true },
  quiet: { quiet: true },
  verbose: { verbose: true, width: 140 },
}
const FORMATS = { junit: 'xml', github: 'txt', sarif: 'sarif', markdown: 'md', html: 'html' } as const

/** Escape sequences stay readable in a file that people review. */
async function expectFile(text: string, file: string): Promise<void> {
  await expect(text.replaceAll('\u001b', '␛')).toMatchFileSnapshot(`__snapshots__/${file}`)
}

async function render(report: Report, name: OutputName, options: Partial<RenderOptions> = {}): Promise<string> {
  return (await loadReporter(name))(report, { ...PLAIN, ...options })
}

describe.each(savedReports())('report %s', (name, report) => {
  it.each(Object.entries(PRETTY))('pretty, %s', async (variant, options) => {
    await expectFile(await render(report, 'pretty', options), `${name}.pretty-${variant}.txt`)
  })

  it.each(Object.entries(FORMATS))('%s', async (format, extension) => {
    await expectFile(await render(report, format as OutputName), `${name}.${format}.${extension}`)
  })

  it('json gives the value back', async () => {
    expect(JSON.parse(await render(report, 'json'))).toEqual(report)
  })
})

describe('a sweep of 300 addresses', () => {
  it.each(['pretty', 'github'] as const)('%s stays short', async (format) => {
    const text = await render(bigReport(), format)
    expect(text.split('\n').length).toBeLessThan(50)
    await expectFile(text, `big.${format}.txt`)
  })
})
