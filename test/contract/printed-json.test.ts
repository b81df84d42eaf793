import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

it.each(readdirSync('commands'))('commands/%s prints JSON in which a terminal finds nothing to obey', (name) => {
  expect(readFileSync(`commands/${name}`, 'utf8')).not.toContain('JSON.stringify')
})
