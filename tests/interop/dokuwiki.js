// dokuwiki.js: installs DokuWiki in the browser, writes and edits a page, uploads an image, searches, logs out.
const { visit } = require('./browser.js');
const { stripes } = require('./stripes.js');

visit('dokuwiki', async (v, folder) => {
  v.expects(/dont-panic-if-you-see-this/, /media=wiki:dokuwiki-128.png/); // an image that must not be served; one that Debian leaves out
  v.expects(/^403 .*doku.php\?id=start$/); // the wrong password
  await v.claim('the installer has its form', async () => {
    await v.open('install.php');
    await v.has('[name="d[superuser]"]');
  });
  await v.claim('it installs', async () => {
    await v.fill({
      '[name="d[title]"]': 'Größer Wiki', '[name="d[superuser]"]': 'anna', '[name="d[fullname]"]': 'Anna Ärmel',
      '[name="d[email]"]': 'anna@example.org', '[name="d[password]"]': 'very secret 1', '[name="d[confirm]"]': 'very secret 1', '[name="d[pop]"]': false,
    });
    await v.picture('1-installer');
    await v.submit('[type=submit][name=submit]');
    await v.sees('successfully');
  });
  await v.claim('the wiki greets', async () => {
    await v.open('doku.php?id=start');
    await v.sees('Größer Wiki');
  });
  await v.claim('a wrong password is refused', () => login(v, 'wrong', 'Sorry, username or password was wrong'));
  await v.claim('the right one leads in', () => login(v, 'very secret 1', 'Anna Ärmel'));
  await v.claim('a page is written', async () => {
    await v.open('doku.php?id=groesse:eins&do=edit');
    await v.has('#tool__bar button');
    await v.fill({ '#wiki__text': '====== Größe & <eins> ======\nOne xylophone, **bold**, [[start]].\n\n  * a zebra' });
    await v.submit('#edbtn__save');
    await v.sees('Größe & <eins>');
    await v.has('.level1 strong');
    await v.picture('2-page');
  });
  await v.claim('an image is uploaded in the media manager', async () => {
    await v.open('doku.php?id=groesse:eins&do=media&ns=groesse&tab_files=upload');
    await v.choose_file('input[type=file]', stripes(folder));
    await v.click('#mediamanager__upload_button, .qq-upload-action, input[value="Upload"]');
    await v.page.waitForFunction(() => document.querySelector('.success, .qq-upload-success'));
    await v.open('doku.php?id=groesse:eins&do=media&ns=groesse&image=groesse:stripes.png');
    await v.shows_images(2);
    await v.picture('3-media');
  });
  await v.claim('the page shows it, scaled', async () => {
    await v.open('doku.php?id=groesse:eins&do=edit');
    await v.fill({ '#wiki__text': '====== Größe & <eins> ======\nOne xylophone.\n\n  * a zebra\n\n{{:groesse:stripes.png?200|stripes}}\n', '#edit__summary': 'with stripes' });
    await v.submit('#edbtn__save');
    await v.shows_images();
    await v.picture('4-image');
  });
  await v.claim('old revisions are listed', async () => {
    await v.open('doku.php?id=groesse:eins&do=revisions');
    await v.sees('with stripes');
  });
  await v.claim('the search finds it', async () => {
    await v.open('doku.php?id=start');
    await v.page.evaluate(() => fetch('lib/exe/taskrunner.php?id=groesse:eins'));
    await v.fill({ '#qsearch__in': 'zebra' });
    await v.submit('#dw__search button[type=submit]');
    await v.has('.search_fullpage_result .search_hit');
    await v.picture('5-search');
  });
  await v.claim('logged out', async () => {
    await v.submit('a[href*="do=logout"]');
    await v.sees('Log In');
    await v.picture('6-logged-out');
  });
});

async function login(v, password, then) {
  await v.open('doku.php?id=start&do=login');
  await v.fill({ '#dw__login [name=u]': 'anna', '#dw__login [name=p]': password });
  await v.submit('#dw__login button[type=submit]');
  await v.sees(then);
}
