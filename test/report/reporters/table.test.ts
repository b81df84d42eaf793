import { expect, it } from 'vitest'
import { styleFor } from '../../../src/report/reporters/pretty/style.js'
import { table } from '../../../src/report/reporters/pretty/table.js'

it('keeps room for words in the last column, by cutting the widest of the others', () => {
  const style = styleFor({ width: 70, colour: false, unicode: false, verbose: false, quiet: false })
  const cells = ['edge-1 (Arista EOS)', '02:00:00:00:00:02', 'Vlan101 Port-Channel2', 'differs, 22 s old']
  expect(table(style, 2, ['Device', 'Machine', 'Where', 'Entry'], [cells])).toEqual([
    '  Device               Machine            Where             Entry',
    '  edge-1 (Arista EOS)  02:00:00:00:00:02  Vlan101 Port-...  differs,',
    '                                                            22 s old',
  ])
})
