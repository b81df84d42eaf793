import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { page } from '../../../src/report/reporters/pretty/page.js'
import { displayWidth } from '../../../src/report/reporters/pretty/text.js'
import { allRules } from '../../../src/rules/registry.js'

const OPTIONS = { width: 60, colour: false, unicode: true, quiet: false, verbose: false }
const MARKDOWN = `# wire/x

Text with \`code\` and a [wire/y](../wire/y.md) link.

## Fix

1. Persistent: do it

   \`\`\`sh
   ip link # not a heading
     indented
   \`\`\`

- https://example.org/a
> quoted
`

describe('a page for a terminal', () => {
  it('has no Markdown left but the backticks of code without colour', () => {
    expect(page(MARKDOWN, OPTIONS).split('\n')).toEqual([
      'wire/x',
      '',
      'Text with `code` and a wire/y link.',
      '',
      'Fix',
      '',
      '1. Persistent: do it',
      '',
      '     ip link # not a heading',
      '       indented',
      '',
      '- https://example.org/a',
      '  quoted',
      '',
    ])
  })

  it('has code in colour instead of backticks', () => {
    expect(page(MARKDOWN, { ...OPTIONS, colour: true })).toContain('\u001b[36mcode\u001b[39m')
    expect(page(MARKDOWN, { ...OPTIONS, colour: true })).not.toContain('`')
  })

  it.each(allRules.map(({ id }) => id))(
    'of %s keeps to the width, but for commands, and is ASCII where it must',
    (id) => {
      const markdown = readFileSync(`docs/rules/${id}.md`, 'utf8')
      const lines = page(markdown, { ...OPTIONS, unicode: false }).split('\n')
      expect(lines.join('')).toMatch(/^[\x20-\x7e]*$/)
      const prose = lines.filter((line) => !/^ {2,}\S/.test(line))
      expect(prose.filter((line) => displayWidth(line) > 60)).toEqual([])
      expect(prose.filter((line) => /^#+ |^```/.test(line))).toEqual([])
    },
  )
})
