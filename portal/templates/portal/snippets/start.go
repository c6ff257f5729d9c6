package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
)

const (
	origin   = "{{ self.0.origin }}"
	clientID = "{{ self.0.client_id }}"
)

func read(response *http.Response, err error, into any) error {
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		var refused struct {
			Code    int
			Message string
		}
		json.NewDecoder(response.Body).Decode(&refused)
		return fmt.Errorf("%d: %d %s", response.StatusCode, refused.Code, refused.Message)
	}
	return json.NewDecoder(response.Body).Decode(into)
}

// accessToken is good for expires_in seconds: keep it for as long.
func accessToken() (string, error) {
	var got struct {
		AccessToken string `json:"access_token"`
	}
	response, err := http.PostForm(origin+"/token", url.Values{
		"grant_type":    []string{"client_credentials"},
		"client_id":     []string{clientID},
		"client_secret": []string{os.Getenv("RINGTRUE_CLIENT_SECRET")},
	})
	err = read(response, err, &got)
	return got.AccessToken, err
}

func post(path, token string, body map[string]string, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequest(http.MethodPost, origin+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	return read(response, err, into)
}

func main() {
	token, err := accessToken()
	if err != nil {
		log.Fatal(err)
	}
	var started struct{ CorrelationID, AuthToken string }
	err = post("/v3/verify", token, map[string]string{
		"possessionType": "mobile",
		"phoneNumber":    "{{ self.0.number() }}",
		"firstName":      "{{ self.0.first_name() }}",
		"lastName":       "{{ self.0.last_name() }}",
	}, &started)
	if err != nil {
		log.Fatal(err)
	}
	// Send started.AuthToken to the page; keep started.CorrelationID. When the page is done:
	var status struct{ Success string }
	err = post("/v3/verify-status", token, map[string]string{"correlationId": started.CorrelationID}, &status)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(status.Success)
}
