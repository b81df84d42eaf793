import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { describeLab } from '../lab/describe-lab.js'
import { parseReport } from '../lab/scan-scenario.js'
import { type Situation, type Standing, situations, stand, VIP } from '../lab/situations.js'

let standing: Standing | null = null
afterEach(() => {
  standing?.segment.remove()
  standing = null
})

/** Runs `check` with the cluster and every node that has an sshd. */
async function check(situation: Situation) {
  standing = await stand(situation)
  const folder = standing.segment.directory('client')
  const [file, xml] = [join(folder, 'l2doctor.yaml'), join(folder, 'junit.xml')]
  const nodes = situation.hosts.map(({ name }) => name).filter((name) => !situation.strangers?.includes(name))
  writeFileSync(file, `version: 1\nvips: [{ip: ${VIP}}]\nnodes: [${nodes.join(', ')}]\n`)
  const flags = ['-f', file, '--json', '--output', `junit=${xml}`, ...(situation.pace ?? [])]
  const done = await standing.run('check', ...flags)
  if (done.stdout === '') throw new Error(`no report, exit ${done.code}: ${done.stderr}`)
  return { code: done.code, report: parseReport(done.stdout), junit: readFileSync(xml, 'utf8') }
}

describeLab('check of a whole situation', () => {
  it.each(situations)('$name', async (situation) => {
    const { code, report, junit } = await check(situation)
    const not = report.expectations.filter(({ status }) => status !== 'held').map(({ id, status }) => [id, status])
    const onWire = situation.symptom === null ? [] : [[`${VIP}/responders`, 'failed']]
    expect(not).toEqual(situation.root === null ? [] : [...onWire, ['findings', 'failed']])
    expect(code).toBe(situation.root === null ? 0 : 1)
    if (situation.root === null) return
    const message = report.expectations.find(({ id }) => id === 'findings')?.message
    expect(message).toContain(`${situation.root.rule} (${situation.root.subject})`)
    expect(junit).toMatch(/<testcase[^>]* name="findings">\s*<failure /)
  })
})
