import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { watchPages } from '../../../src/cli/watch-pages.js'
import { allRules } from '../../../src/rules/registry.js'
import { WATCH_POLICY } from '../../../src/watch/page/page.js'
import { RULE_POLICY } from '../../../src/watch/page/rule-page.js'
import { statusSchema } from '../../../src/watch/page/status.js'
import { A, B, HOSTILE, hostileWindow, standing, vip, window } from '../windows.js'

function started() {
  const { book, pages } = watchPages('1.2.3')
  const text = async (path: string) => String(await pages.get(path)!.body())
  const status = async () => statusSchema.parse(JSON.parse(await text('/status.json')))
  const title = async () => /<title>(.*?)<\/title>/.exec(await text('/'))?.[1]
  book.vantage('eth0', true)
  return { book, pages, text, status, title }
}

const DUPLICATE = vip('10.0.0.240', { verdict: 'findings', responders: [A, B], answersAsExpected: false })

describe('the headline', () => {
  it('says of a watch that has judged nothing that it has not', async () => {
    expect(await started().title()).toBe('l2doctor watch: nothing is judged yet')
  })

  it.each([
    ['no fault seen at 2 addresses', [vip('10.0.0.240'), vip('10.0.0.241')]],
    ['a fault at 1 of 2 addresses', [DUPLICATE, vip('10.0.0.241', { verdict: 'inconclusive' })]],
    ['1 of 2 addresses cannot be judged', [vip('10.0.0.240'), vip('10.0.0.241', { verdict: 'inconclusive' })]],
  ])('says: %s', async (words, vips) => {
    const { book, title } = started()
    book.observed(window(0, vips))
    expect(await title()).toBe(`l2doctor watch: ${words}`)
  })

  it('does not say that all is well where an interface is not heard, an expectation fails or a finding is of no address', async () => {
    const { book, title } = started()
    book.observed(window(0, [vip('10.0.0.240')]))
    book.vantage('eth0', false)
    expect(await title()).toBe('l2doctor watch: blind on eth0')
    book.vantage('eth0', true)
    book.observed(window(1, [vip('10.0.0.240')], [standing('10.0.0.9')]))
    expect(await title()).toBe('l2doctor watch: 1 finding, none of an address')
    const expectations = new Map([['x', { id: 'x', title: 't', status: 'failed' as const, message: 'm' }]])
    book.observed(window(2, [vip('10.0.0.240')], [], { expectations }))
    expect(await title()).toBe('l2doctor watch: 1 expectation failed')
  })
})

describe('the page', () => {
  it('lists no finding that another watch has to say by now, and counts it', async () => {
    const { book, text, status } = started()
    const unasked = vip('10.0.0.240', { verdict: 'inconclusive', because: 'another one asks' })
    book.observed(window(0, [unasked], [{ ...standing('10.0.0.240'), isLeft: true }], { asked: false }))
    expect(await status()).toMatchObject({ findings: [], counts: { standing: 0, left: 1 } })
    const page = await text('/')
    expect(page).toContain('1 finding of before: another watch asks now, and says what stands.')
    expect(page).not.toContain('2 MACs answer')
  })

  it('has a row for each address, with who should answer, since when, and who did in the last hour', async () => {
    const { book, text } = started()
    for (let minute = 0; minute < 12; minute++) book.observed(window(minute, [vip('10.0.0.240')]))
    book.observed(window(12, [DUPLICATE], [standing('10.0.0.240')]))
    const page = await text('/')
    for (const words of ['10.0.0.240', 'shop/web, eth0', 'ServiceL2Status of MetalLB', '2026-01-01 02:12:00'])
      expect(page).toContain(words)
    expect(page).toContain('also answers: node-b (02:00:00:00:00:0b)')
    expect(page).toContain('node-a: answered 03:00 to 03:12, answered 03:13 to 03:13 (at fault)')
    expect(page).toContain('<a href="/rules/wire/duplicate-responders">wire/duplicate-responders</a>')
    expect(page).toContain('2 MACs answer for 10.0.0.240')
  })

  it('does not draw silence where nobody can say who answers, whatever else is wrong', async () => {
    const { book, status } = started()
    book.observed(window(0, [vip('10.0.0.240', { verdict: 'findings', responders: [], isKnown: false })]))
    expect(await status()).toMatchObject({ vips: [{ verdict: 'findings', lastHour: [{ verdict: 'inconclusive' }] }] })
  })

  it('says in the row of an address which expectation it breaks, and lists it first', async () => {
    const { book, text, status } = started()
    const [message, title] = ['02:00:00:00:00:0a answered', 'only 02:00:00:00:00:0b may answer for 10.0.0.241']
    const broken = { id: '10.0.0.241/macs', title, status: 'failed' as const, message }
    const held = { id: '10.0.0.240/macs', title: 'held', status: 'held' as const, message: '' }
    const expectations = new Map([held, broken].map((one) => [one.id, one]))
    book.observed(window(0, [vip('10.0.0.240'), vip('10.0.0.241')], [], { expectations }))
    expect((await status()).vips.map(({ ip, failedExpectations }) => [ip, failedExpectations])).toEqual([
      ['10.0.0.241', [`${title}: ${message}`]],
      ['10.0.0.240', []],
    ])
    const [, rows = ''] = /<h2>Addresses<\/h2>([\s\S]*?)<\/table>/.exec(await text('/')) ?? []
    expect(rows.match(/<tr class="(\w+)">/g)).toEqual(['<tr class="findings">', '<tr class="healthy">'])
    expect(rows.match(/expectation failed|no fault seen/g)).toEqual(['expectation failed', 'no fault seen'])
    expect(rows).toContain(`${title}: ${message}`)
  })

  it('is loaded again by itself where there is no script', async () => {
    expect(await started().text('/')).toContain('<noscript><meta http-equiv="refresh" content="30"></noscript>')
  })

  it('allows by its policy the style and the script that it has, and itself', async () => {
    const page = await started().text('/')
    for (const name of ['style', 'script']) {
      const [, text = ''] = new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(page) ?? []
      const hash = createHash('sha256').update(text).digest('base64')
      expect(WATCH_POLICY).toContain(`${name}-src 'sha256-${hash}'`)
    }
    const kinds = (policy: string) => policy.split('; ').map((part) => part.split(' ')[0])
    const base = ['default-src', 'style-src']
    const refused = ['frame-ancestors', 'base-uri', 'form-action']
    expect(kinds(WATCH_POLICY)).toEqual([...base, 'script-src', 'connect-src', ...refused])
    expect(kinds(RULE_POLICY)).toEqual([...base, ...refused])
  })

  it('has no markup but its own, whatever networks and clusters name', async () => {
    const { book, text } = started()
    for (let minute = 0; minute < 3; minute++) book.observed(hostileWindow(minute))
    expectOwnMarkup(await text('/'))
    expect(await text('/')).toContain('&lt;svg/onload=window.harm=1&gt;')
  })

  it('holds nothing of an address that has gone', async () => {
    const { book, text } = started()
    book.observed(window(0, [vip('10.0.0.240'), vip('10.0.0.241')]))
    book.observed(window(1, [vip('10.0.0.240')]))
    expect(`${await text('/')}${await text('/status.json')}`).not.toContain('10.0.0.241')
  })

  it('is the same text until something is new', async () => {
    const { book, pages, text } = started()
    const [page, tag] = [await text('/'), pages.get('/')?.tag?.()]
    expect([await text('/'), pages.get('/status.json')?.tag?.()]).toEqual([page, tag])
    book.observed(window(0, [vip('10.0.0.240')]))
    expect(pages.get('/')?.tag?.()).not.toBe(tag)
    expect(await text('/')).not.toBe(page)
  })
})

describe('/status.json', () => {
  it('says what the page says', async () => {
    const { book, status } = started()
    book.observed(window(0, [DUPLICATE], [standing('10.0.0.240')]))
    expect(await status()).toMatchObject({
      at: '2026-01-01T03:01:00.000Z',
      interfaces: [{ name: 'eth0', up: true, asks: true }],
      vips: [{ ip: '10.0.0.240', verdict: 'findings', responders: [A, B], lastHour: [{ machines: [A, B] }] }],
      findings: [
        { rule: 'wire/duplicate-responders', subject: '10.0.0.240', docs: '/rules/wire/duplicate-responders' },
      ],
      counts: { healthy: 0, findings: 1, inconclusive: 0, standing: 1 },
    })
  })

  it.each([
    [true, true],
    [false, false],
    [new Set(['10.0.0.240']), true],
    [new Set<string>(), false],
  ])('of a watch that asks for %s says whether requests are sent', async (asked, asks) => {
    const { book, status } = started()
    book.observed(window(0, [vip('10.0.0.240')], [], { asked }))
    expect(await status()).toMatchObject({ interfaces: [{ asks }] })
  })

  it('is there under pseudonyms as well, by the same schema', async () => {
    const { book, status, text } = started()
    book.observed(window(0, [DUPLICATE], [standing('10.0.0.240')]))
    const written = await text('/status.redacted.json')
    const redacted = statusSchema.parse(JSON.parse(written))
    expect(redacted.counts).toEqual((await status()).counts)
    expect(redacted.findings).toMatchObject([{ rule: 'wire/duplicate-responders', subject: redacted.vips[0]?.ip }])
    for (const secret of ['10.0.0.240', A.mac, B.mac]) expect(written).not.toContain(secret)
    expect(await text('/status.redacted.json')).toBe(written)
  })

  it('is a page under the same pseudonyms too, which runs nothing and needs nothing of the watch', async () => {
    const { book, pages, text } = started()
    book.observed(window(0, [DUPLICATE], [standing('10.0.0.240')]))
    const page = await text('/redacted')
    const redacted = statusSchema.parse(JSON.parse(await text('/status.redacted.json')))
    expect(await text('/')).toContain('<a href="/redacted">')
    expect(page).toContain(redacted.vips[0]!.ip)
    expect(page).toContain(redacted.vips[0]!.responders[0]!.mac)
    for (const secret of ['10.0.0.240', A.mac, B.mac, A.node!, 'shop/web']) expect(page).not.toContain(secret)
    expect(page).not.toMatch(/<script|http-equiv="refresh"|href="\/status/)
    expect(page).toContain(
      `content="${/^.*?(?=; frame-ancestors)/.exec(pages.get('/redacted')!.policy!)![0].replaceAll("'", '&#39;')}`,
    )
  })

  it('lists the worst of many, counts the rest, and stays small', async () => {
    const { book, status, text } = started()
    const machines = Array.from({ length: 300 }, (_, at) => ({ mac: `02:00:00:00:01:${at}`, node: null }))
    const many = Array.from({ length: 20_000 }, (_, at) =>
      vip(`2001:db8::${at.toString(16)}`, { responders: machines }),
    )
    const findings = many.map(({ ip }) => standing(ip))
    for (let minute = 0; minute < 3; minute++) book.observed(window(minute, [...many, DUPLICATE], findings))
    const { vips, findings: listed, counts } = await status()
    expect([vips[0]?.ip, vips.length, listed.length]).toEqual(['10.0.0.240', 2000, 500])
    expect(counts).toMatchObject({ healthy: 20_000, findings: 1, standing: 20_000 })
    expect((await text('/status.json')).length).toBeLessThan(8e6)
    expect((await text('/')).length).toBeLessThan(1e6)
    expect(await text('/')).toContain('and 19801 more addresses.')
  })

  it('holds no character that a terminal would obey', async () => {
    const { book, text, status } = started()
    book.observed(hostileWindow(0))
    expect(await text('/status.json')).not.toMatch(/(?![\t\n])[\p{Cc}\p{Cf}]/u)
    const { vips } = await status()
    expect(vips.find(({ ip }) => ip === '10.0.0.10')?.because).toBe(HOSTILE[9])
  })
})

describe('the pages of rules', () => {
  const { text, pages } = started()

  it.each(allRules.map(({ id }) => id))('%s has one, and every link in it leads to one', async (id) => {
    const page = await text(`/rules/${id}`)
    expectOwnMarkup(page)
    expect(page).toContain(`<h1>${id}</h1>`)
    const links = [...page.matchAll(/ href="(\/[^"]*)"/g)].map(([, link]) => link!)
    expect(links.filter((link) => !pages.has(link))).toEqual([])
    expect(page.replace(/<(style|pre|code)>[\s\S]*?<\/\1>/g, '')).not.toMatch(/```|^#|\]\(/m)
  })
})

const TAGS =
  'html head meta noscript title style body main header section article h1 h2 h3 p pre code ul ol li blockquote details summary table thead tbody tr th td div span strong a svg rect'

/** Each tag is one of ours with attributes of ours, and no text holds anything of markup. */
function expectOwnMarkup(page: string): void {
  const [, style = '', rest = ''] = /<style>([^<]*)<\/style>([\s\S]*)/.exec(page) ?? []
  expect(style).not.toMatch(/url\(|@import/)
  const body = rest.replace(/<script>[\s\S]*?<\/script>/, '')
  const ours = new RegExp(`^</?(?:${TAGS.replaceAll(' ', '|')})(?: (?:[A-Za-z-]+)="[^"<>]*")*>$`)
  const tags = body.match(/<[^>]*>?/g) ?? []
  expect(tags.filter((tag) => !ours.test(tag))).toEqual([])
  const names = tags.map((tag) => tag.replace(/="[^"]*"/g, '='))
  expect(names.filter((tag) => / (?:src|style|on\w+|action|srcset|xlink)=/.test(tag))).toEqual([])
  const links = tags.flatMap((tag) => / href="([^"]*)"/.exec(tag)?.[1] ?? [])
  expect(links.filter((link) => !/^(?:\/|https?:\/\/)/.test(link))).toEqual([])
  expect(body.replace(/<[^>]*>/g, '')).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/)
}
