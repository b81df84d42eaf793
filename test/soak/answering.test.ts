import { expect, it } from 'vitest'
import { expectAgreement } from '../lab/answering/agreement.js'
import { randomHost6 } from '../lab/answering/random-host6.js'
import { describeLab } from '../lab/describe-lab.js'

const HOSTS = 300
const QUESTIONS = 12
const HOSTS_6 = 130

/** Seeds among which some hosts answer by neigh_suppress, which is rare. */
const SUPPRESSING = Array.from({ length: 40 }, (_, at) => 11_000 + at)

/** A tunnel's port that floods no broadcasts answers for its neighbours of IPv6, which is rare. */
const TUNNEL_6 = [200_147]

describeLab('the answering model beside the kernel', () => {
  it(`agrees on ${HOSTS + SUPPRESSING.length} random hosts, each asked ${QUESTIONS} questions before and after a change`, async () => {
    const seed = Number(process.env['SEED'] ?? 1)
    const result = await expectAgreement(
      [...Array.from({ length: HOSTS }, (_, at) => seed * 100_000 + at), ...SUPPRESSING],
      QUESTIONS,
    )
    console.info('answering', JSON.stringify(result))
    expect(result.asked).toBeGreaterThan(5000)
    expect(result.decided).toBeGreaterThan(result.asked * 0.9)
    for (const path of [
      'local',
      'proxy_arp',
      'proxy_arp_pvlan',
      'proxy-neighbour',
      'bridge-suppress',
      'bridge-proxy-arp',
      'vxlan-proxy',
    ]) {
      expect(result.paths, `predicted replies by ${path}`).toHaveProperty(path)
    }
  })

  it(`agrees on ${HOSTS_6 + TUNNEL_6.length} random hosts of IPv6, each asked ${QUESTIONS} questions before and after a change`, async () => {
    const seed = Number(process.env['SEED'] ?? 1)
    const seeds = [...Array.from({ length: HOSTS_6 }, (_, at) => seed * 100_000 + at), ...TUNNEL_6]
    const result = await expectAgreement(seeds, QUESTIONS, randomHost6)
    console.info('answering of IPv6', JSON.stringify(result))
    expect(result.asked).toBeGreaterThanOrEqual(3000)
    expect(result.decided).toBeGreaterThan(result.asked * 0.9)
    for (const path of ['local', 'proxy-neighbour', 'anycast'])
      expect(result.paths, `predicted replies by ${path}`).toHaveProperty(path)
  })
})
