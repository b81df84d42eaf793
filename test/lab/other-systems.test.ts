import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApiFixture, objectsOf, THREE_NODES } from '../cluster/api-fixture.js'
import { execute } from '../collect.js'
import { CLI, parseReport } from './scan-scenario.js'

/** No such machine is here: only what the program asks Node about its system is replaced. */
describe.each([
  ['darwin', 'macOS'],
  ['win32', 'Windows'],
])('where Node says that the system is %s', (platform, name) => {
  let api: ApiFixture
  beforeAll(async () => {
    api = new ApiFixture()
    await api.start(objectsOf(THREE_NODES))
  })
  afterAll(() => api?.stop())

  const [node, program] = CLI
  const replaced = `data:text/javascript,Object.defineProperty(process,'platform',{value:'${platform}'})`
  const run = async (...argv: readonly string[]) => {
    const { code, stdout, stderr } = await execute([
      'env',
      `KUBECONFIG=${api.path}`,
      node,
      '--import',
      replaced,
      program,
      ...argv,
      '--json',
    ])
    expect(stderr).not.toContain('bug')
    return { code, report: parseReport(stdout) }
  }

  it('a capture is judged', async () => {
    const { code, report } = await run(
      'scan',
      '--read',
      'fixtures/demo/two-owners.pcap',
      '--vip',
      '10.77.0.240',
      '--no-kube',
    )
    expect([code, report.findings[0]?.rule, report.truths.wire.read]).toEqual([1, 'wire/duplicate-responders', 'whole'])
  })

  it('a cluster is read', async () => {
    const { code, report } = await run('audit-cluster')
    expect([code, report.truths.cluster]).toEqual([0, { asked: true, read: 'whole', because: null }])
  })

  it.each([
    ['scan --vip 10.77.0.240 --no-kube', 'it can ask and listen only'],
    ['diagnose --vip 10.77.0.240 --no-hosts', 'it can ask and listen only'],
    ['audit-node --local', 'this machine can be read only'],
  ])('%s: one sentence says what is missing, and the next step what goes', async (line, what) => {
    const { code, report } = await run(...line.split(' '))
    const said = report.gaps.filter(({ reason }) => reason.includes('Linux'))
    expect([code, said]).toMatchObject([
      3,
      [
        {
          reason: `${what} on Linux, and it runs ${name}`,
          hint: expect.stringContaining('Linux host'),
          decisive: true,
        },
      ],
    ])
  })
})
