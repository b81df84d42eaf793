import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FAULTS } from '../lab/cures/faults.js'
import { FAULTS6 } from '../lab/cures/faults6.js'

const read = (path: string) => readFileSync(path, 'utf8')
const [, section = ''] = /## What is proven\n([\s\S]*?)\n## /.exec(read('README.md')) ?? []

/** The value of a constant of a test, `const HOSTS = 300`. */
function constant(path: string, pattern: RegExp): number {
  const [, digits] = pattern.exec(read(path)) ?? []
  if (digits === undefined) throw new Error(`${path} has no ${pattern}`)
  return Number(digits.replaceAll('_', ''))
}

describe('what the README says is proven', () => {
  it('counts the hosts and questions of the differential test', () => {
    const soak = 'test/soak/answering.test.ts'
    const hosts = constant(soak, /const HOSTS = ([\d_]+)/) + constant(soak, /length: ([\d_]+) \}/)
    expect(section).toContain(`| ${hosts} random hosts`)
    expect(section).toContain(`asked ${constant(soak, /const QUESTIONS = ([\d_]+)/)} questions`)
  })

  it('counts the faults that are cured', () => {
    const stated = Number(/at least (\d+) faults built on real hosts/.exec(section)?.[1])
    expect(stated).toBeGreaterThanOrEqual(20)
    expect(FAULTS.length + FAULTS6.length).toBeGreaterThanOrEqual(stated)
  })

  it('counts the runs of the casebook that are listed as wrong', () => {
    const wrong = read('test/casebook/wrong.txt').split('\n').filter(Boolean).length
    expect(section).toContain(`a ratchet: ${wrong === 0 ? 'none' : wrong} of its runs may be wrong`)
  })

  it('states the size of the benchmark', () => {
    const bench = 'test/bench/answering.ts'
    const [hosts, vips] = [constant(bench, /const HOSTS = ([\d_]+)/), constant(bench, /const VIPS = ([\d_]+)/)]
    expect(section).toContain(`| ${hosts.toLocaleString('en')} hosts x ${vips} VIPs |`)
  })

  it('names commands that are there', () => {
    const paths = section.match(/test\/[\w/.-]+\.ts/g) ?? []
    for (const path of paths) expect(() => read(path)).not.toThrow()
    const run = read('.ci/run')
    for (const one of [
      '--project fuzz',
      '../shared/captures/check.mjs',
      'dist/test/casebook/ratchet.js',
      'test:soak',
    ]) {
      expect(run).toContain(one)
    }
    expect(read('package.json')).toContain('dist/test/bench/bench.js')
  })
})
