// rails.js: writes notes in the Rails application, reads and deletes them, in two sessions.
const { visit } = require('./browser.js');

visit('rails', async (v) => {
  v.expects(/^500 .*broken$/, /^404 .*favicon.ico$/);
  await v.claim('the root leads to the notes', async () => {
    await v.open('');
    await v.sees('0 notes.');
    if (!v.page.url().endsWith('/notes')) throw new Error(`it is at ${v.page.url()}`);
  });
  await v.claim('a note is written', () => note(v, 'Größe <b> & Ωμέγα', 'One\n\nTwo "quoted"', 'It is noted.'));
  await v.claim('it is shown as it was written', async () => {
    await v.sees('Größe <b> & Ωμέγα');
    await v.sees('Two "quoted"');
    await v.picture('1-note');
  });
  await v.claim('what was said once is not said again', async () => {
    await v.page.reload();
    if (await v.page.$('.notice')) throw new Error('it is');
  });
  await v.claim('another is written', () => note(v, 'The second', 'x', 'It is noted.'));
  await v.claim('both are in the list', async () => {
    await v.open('notes');
    await v.sees('2 notes.');
    await v.picture('2-list');
  });
  await v.claim('the browser demands a title', async () => {
    await v.open('notes/new');
    await v.click('[type=submit]');
    if (!v.page.url().endsWith('/notes/new')) throw new Error(`it is at ${v.page.url()}`);
  });
  await v.claim('another visitor has none', async () => {
    const context = await v.page.browser().createBrowserContext();
    const page = await context.newPage();
    await page.goto(new URL('notes', v.url).href);
    const text = await page.evaluate(() => document.body.innerText);
    await context.close();
    if (!text.includes('0 notes.')) throw new Error(text);
  });
  await v.claim('one is deleted by its button', async () => {
    await v.open('notes/0');
    await v.submit('form.button_to [type=submit]');
    await v.sees('It is gone.');
    await v.sees('1 note.');
    await v.picture('3-gone');
  });
  await v.claim('an error has a page', async () => {
    await v.open('broken');
    await v.sees('This went wrong');
    await v.picture('4-broken');
  });
});

async function note(v, title, text, then) {
  await v.open('notes/new');
  await v.fill({ '#title': title, '#text': text });
  await v.submit('[type=submit]');
  await v.sees(then);
}
