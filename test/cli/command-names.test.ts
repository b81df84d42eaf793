import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/command-names.js'

it('the commands are the files of their folder', () => {
  expect(COMMANDS.toSorted()).toEqual(
    readdirSync('commands')
      .map((file) => basename(file, '.ts'))
      .toSorted(),
  )
})
