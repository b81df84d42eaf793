import { describe, expect, it } from 'vitest'
import { asPlugin, calledAs } from '../../src/cli/as-plugin.js'

describe('called as kubectl’s plugin', () => {
  it.each([
    ['/usr/local/bin/kubectl-l2doctor', 'kubectl l2doctor'],
    ['/usr/local/bin/l2doctor', 'l2doctor'],
    ['/opt/l2doctor/bin/run.js', 'l2doctor'],
  ])('%s', (program, name) => expect(calledAs(program)).toBe(name))

  it.each([
    ['ask again: l2doctor scan --vip 10.0.0.240', 'ask again: kubectl l2doctor scan --vip 10.0.0.240'],
    ['remove it later: l2doctor vantage --cleanup', 'remove it later: kubectl l2doctor vantage --cleanup'],
    ['l2doctor watch --vip 10.0.0.240', 'kubectl l2doctor watch --vip 10.0.0.240'],
    ['l2doctor failover --vip 10.0.0.240', 'kubectl l2doctor failover --vip 10.0.0.240'],
    ['ask again: l2doctor\n  scan --vip', 'ask again: kubectl l2doctor\n  scan --vip'],
    ['kubectl l2doctor scan', 'kubectl l2doctor scan'],
    ['# Fix plan of l2doctor 0.1.0, diagnose of', '# Fix plan of l2doctor 0.1.0, diagnose of'],
    ['/usr/bin/l2doctor scan', '/usr/bin/l2doctor scan'],
  ])('%s', (text, said) => expect(asPlugin(text)).toBe(said))
})
