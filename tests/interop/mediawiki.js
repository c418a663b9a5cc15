// mediawiki.js: logs in, creates and edits a page, looks at its history and a difference, uploads an image, searches, logs out.
const { visit } = require('./browser.js');
const { stripes } = require('./stripes.js');
const title = 'Größe: <zwei> Ωμέγα'.replace(/[<>]/g, '');

visit('mediawiki', async (v, folder) => {
  const page = (options) => `index.php?title=${encodeURIComponent(title)}${options}`;
  await v.claim('the main page has its style', async () => {
    await v.open('index.php/Main_Page');
    await v.sees('MediaWiki has been installed');
    await v.page.waitForFunction(() => parseInt(getComputedStyle(document.querySelector('#content')).marginLeft) > 100);
  });
  await v.claim('logged in', async () => {
    await v.submit('#pt-login a, a[href*="UserLogin"]');
    await v.fill({ '#wpName1': 'Admin', '#wpPassword1': 'very secret 1' });
    await v.submit('#wpLoginAttempt');
    await v.has('#pt-preferences, a[href*="Special:Preferences"]');
  });
  await v.claim('an image is uploaded', async () => {
    await v.open('index.php/Special:Upload');
    await v.choose_file('#wpUploadFile', stripes(folder, 1200, 900));
    await v.fill({ '#wpUploadDescription': 'Stripes, made by hand' });
    await v.page.waitForFunction(() => document.querySelector('#wpDestFile').value !== '');
    await v.submit('input[name=wpUpload]');
    await v.sees('1,200 × 900 pixels');
    await v.shows_images(1);
    await v.picture('1-file');
  });
  await v.claim('a page is created', async () => {
    await v.open(page('&action=edit'));
    await v.fill({ '#wpTextbox1': '== Überschrift ==\nOne \'\'xylophone\'\'.\n\n== Another ==\n* a zebra', '#wpSummary': 'the first' });
    await v.submit('#wpSave');
    await v.has('#Another');
    await v.picture('2-created');
  });
  await v.claim('a section of it is edited, after a preview', async () => {
    await v.submit('.mw-editsection a[href*="section=2"]');
    await v.fill({ '#wpTextbox1': '== Another ==\n* two zebras\n* [[File:Stripes.png|thumb|Stripes of the zebras]]', '#wpSummary': 'the second' });
    await v.submit('#wpPreview');
    await v.sees('two zebras');
    await v.submit('#wpSave');
    await v.sees('two zebras');
  });
  await v.claim('its history has both', async () => {
    await v.submit('#ca-history a');
    await v.sees('the first');
    await v.sees('the second');
    await v.picture('3-history');
  });
  await v.claim('what was changed is shown', async () => {
    await v.submit('#mw-history-compare input[type=submit], input.historysubmit');
    await v.has('ins.diffchange, td.diff-addedline');
    await v.picture('4-difference');
  });
  await v.claim('the page shows it, made smaller', async () => {
    await v.open(page(''));
    await v.page.waitForFunction(() => [...document.querySelectorAll('img.mw-file-element, .thumbimage')].some((i) => i.naturalWidth > 0));
    await v.picture('5-page');
  });
  await v.claim('a word of it is found', async () => {
    await v.open('index.php?title=Special:Search&fulltext=1&search=zebras');
    await v.has('.mw-search-results .searchmatch');
    await v.picture('6-search');
  });
  await v.claim('logged out', async () => {
    await v.submit('#pt-logout a');
    if (v.page.url().includes('UserLogout')) await v.page.evaluate(() => document.querySelector('#mw-content-text form button, #mw-content-text form input[type=submit]')?.click());
    await v.has('#pt-login');
  });
});
