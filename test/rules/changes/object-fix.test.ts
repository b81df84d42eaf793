import { describe, expect, it } from 'vitest'
import { objectCommand, objectFix } from '../../../src/rules/changes/object-fix.js'
import type { ObjectChange } from '../../../src/rules/fix.js'

const label: ObjectChange = { kind: 'label', object: 'Node/node-a', key: 'example.org/out', value: null, was: '' }
const annotation: ObjectChange = { kind: 'annotation', object: 'Service/web/shop', key: 'a/b', value: 'x y', was: null }
const field: ObjectChange = {
  kind: 'field',
  object: 'L2Advertisement/metallb-system/l2',
  key: '.spec.interfaces',
  value: ['eth0'],
  was: null,
}

describe('a fix of objects', () => {
  it.each([
    [label, 'kubectl label node node-a example.org/out-'],
    [annotation, "kubectl annotate --overwrite service -n web shop 'a/b=x y'"],
    [field, `kubectl patch l2advertisement -n metallb-system l2 --type=merge -p '{"spec":{"interfaces":["eth0"]}}'`],
  ])('has the command of kubectl: $kind', (change, command) => {
    expect(objectCommand(change)).toBe(command)
  })

  it('is undone object by object, the last one first, to what each had', () => {
    const { steps, undo, where } = objectFix({
      summary: '',
      risk: 'none',
      text: (object) => `of ${object}`,
      changes: [label, field],
      verify: '',
    })
    expect(where).toBe('cluster')
    expect(steps).toMatchObject([
      { kind: 'persistent', text: 'of Node/node-a', change: label },
      { kind: 'persistent', text: 'of L2Advertisement/metallb-system/l2', change: field },
    ])
    expect(undo).toBe(
      `kubectl patch l2advertisement -n metallb-system l2 --type=merge -p '{"spec":{"interfaces":null}}'; kubectl label --overwrite node node-a example.org/out=`,
    )
  })
})
